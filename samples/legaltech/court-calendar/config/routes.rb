Rails.application.routes.draw do
  root to: "hearings#index"
  resources :hearings, only: %i[index show create]
  get "/healthz", to: "health#show"
end

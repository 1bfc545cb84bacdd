Rails.application.routes.draw do
  root "pages#index"
  get "/health", to: proc { [200, {}, ["ok"]] }
  match "/search", to: "search#show", via: [:get, :post]

  concern :commentable do
    resources :comments, only: %i[index create]
  end

  resources :orders do
    member { post :ship }
    collection do
      get :open
    end
    resources :lines, only: [:index, :show], shallow: true
    concerns :commentable
  end
  resource :basket, except: [:new, :edit]

  namespace :admin do
    resources :users, path: "people", param: :name
    get "reports(/:year)", to: "reports#show"
  end
  scope "/api", module: "api" do
    scope path: "v1" do
      resources :invoices, only: :index
      delete "invoices/:id", to: "invoices#destroy"
    end
  end
  get "/files/*path", to: "files#show", format: false
end

require "rails"
require "action_controller/railtie"

class Shop < Rails::Application
  config.load_defaults 6.1
  config.eager_load = false
  config.secret_key_base = "0" * 64
end

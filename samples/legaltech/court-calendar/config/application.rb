require_relative "boot"

require "rails"
require "active_model/railtie"
require "active_job/railtie"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"
require "sprockets/railtie"

Bundler.require(*Rails.groups)

module CourtCalendar
  class Application < Rails::Application
    config.load_defaults 6.1
    config.time_zone = "Dublin"
    config.active_job.queue_adapter = :sidekiq
  end
end

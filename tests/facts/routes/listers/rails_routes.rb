# Routes of a Rails application, in its own environment: ruby rails_routes.rb
require "./config/environment"

Rails.application.reload_routes!
Rails.application.routes.routes.each do |route|
  next if route.internal
  path = route.path.spec.to_s.sub("(.:format)", "")
  # What stands in brackets may be missing.
  paths = path.include?("(") ? [path.gsub(/\([^()]*\)/, ""), path.delete("()")] : [path]
  verbs = route.verb.empty? ? ["any"] : route.verb.split("|")
  verbs.product(paths) { |verb, spelled| puts "#{verb} #{spelled}" }
end

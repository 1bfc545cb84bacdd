class HealthController < ActionController::Base
  def show
    Hearing.connection.execute("SELECT 1")
    render plain: "ok"
  end
end

class HearingsController < ApplicationController
  skip_forgery_protection only: :create
  before_action :require_token, only: :create

  def index
    @hearings = Hearing.upcoming.limit(100)
    respond_to do |format|
      format.html
      format.json { render json: @hearings }
    end
  end

  def show
    render json: Hearing.find(params[:id])
  end

  def create
    hearing = Hearing.new(params.permit(:matter, :court, :room, :starts_at))
    if hearing.save
      ReminderJob.set(wait_until: hearing.starts_at - 1.day).perform_later(hearing.id)
      render json: hearing, status: :created
    else
      render json: hearing.errors, status: :unprocessable_entity
    end
  end

  private

  def require_token
    given = request.authorization.to_s.delete_prefix("Bearer ")
    head :unauthorized unless ActiveSupport::SecurityUtils.secure_compare(given, ENV.fetch("API_TOKEN"))
  end
end

class Hearing < ApplicationRecord
  validates :matter, :court, :starts_at, presence: true

  scope :upcoming, -> { where("starts_at >= ?", Time.current.beginning_of_day).order(:starts_at) }

  def reminded!
    update!(reminded_at: Time.current)
  end
end

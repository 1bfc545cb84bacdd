class ReminderJob < ActiveJob::Base
  queue_as :default

  def perform(hearing_id)
    hearing = Hearing.find(hearing_id)
    logger.info("tomorrow: #{hearing.matter}, #{hearing.court}, room #{hearing.room}")
    hearing.reminded!
  end
end

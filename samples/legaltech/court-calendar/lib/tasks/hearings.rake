namespace :hearings do
  desc "Forgets hearings that are older than seven years"
  task purge: :environment do
    gone = Hearing.where("starts_at < ?", 7.years.ago).delete_all
    puts "purged #{gone} hearings"
  end
end

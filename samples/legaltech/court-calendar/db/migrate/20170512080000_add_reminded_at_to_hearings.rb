class AddRemindedAtToHearings < ActiveRecord::Migration[6.1]
  def change
    add_column :hearings, :reminded_at, :datetime
  end
end

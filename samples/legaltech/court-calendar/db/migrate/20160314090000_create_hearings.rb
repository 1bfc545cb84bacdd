class CreateHearings < ActiveRecord::Migration[6.1]
  def change
    create_table :hearings do |t|
      t.string :matter, null: false
      t.string :court, null: false
      t.string :room
      t.datetime :starts_at, null: false, index: true
      t.timestamps
    end
  end
end

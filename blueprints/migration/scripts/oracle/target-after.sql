-- At the target, at the cut-over, after the task was stopped, as owner of the schema: triggers and foreign keys come back, and
-- every row is checked. Sequences: give each the source's last_number, ALTER SEQUENCE name RESTART START WITH number.
BEGIN
  FOR one IN (SELECT table_name, constraint_name FROM user_constraints WHERE constraint_type = 'R') LOOP
    EXECUTE IMMEDIATE 'ALTER TABLE "' || one.table_name || '" ENABLE CONSTRAINT "' || one.constraint_name || '"';
  END LOOP;
  FOR one IN (SELECT trigger_name FROM user_triggers WHERE base_object_type = 'TABLE') LOOP
    EXECUTE IMMEDIATE 'ALTER TRIGGER "' || one.trigger_name || '" ENABLE';
  END LOOP;
END;
/

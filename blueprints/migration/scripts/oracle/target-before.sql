-- At the target, before the load, as owner of the schema: nothing fires or is checked while tables arrive in any order.
BEGIN
  FOR one IN (SELECT table_name, constraint_name FROM user_constraints WHERE constraint_type = 'R') LOOP
    EXECUTE IMMEDIATE 'ALTER TABLE "' || one.table_name || '" DISABLE CONSTRAINT "' || one.constraint_name || '"';
  END LOOP;
  FOR one IN (SELECT trigger_name FROM user_triggers WHERE base_object_type = 'TABLE') LOOP
    EXECUTE IMMEDIATE 'ALTER TRIGGER "' || one.trigger_name || '" DISABLE';
  END LOOP;
END;
/

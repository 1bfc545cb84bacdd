"""ministack, mended where it would lie about our templates. Run by the Python of its own environment, never imported by ours.

The emulator refuses resource types that it lacks and passes over properties that decide whether a service comes up. The
templates are deployed as they stand, so it is the emulator that changes: every name below belongs to the one release that
`blueprints/rehearsal.yaml` pins, and is looked up at the start, so that another release fails at once.

Reads a JSON object from the file that its one argument names:

  schemas    type to CloudFormation resource schema, for every type in the templates
  label      put on every container, so that all of them are found again
  images     name of an image to the image that is run in its place
  datastores engine of RDS or ElastiCache to the image of its container; a database without one is a record only
  variables  added to the environment of every container of a task
  unset      taken out of it
  recorded   file that gets a line "STACK LOGICAL-ID" for each resource that is a record only
"""

module git.harrow-lane.example/platform/identity-api

go 1.26

"""Set-up: what is missing on this machine is brought, then the service or its tests start; standard library only."""

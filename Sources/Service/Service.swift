/// The service, named for the store it serves.

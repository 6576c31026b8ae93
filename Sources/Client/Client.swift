// The remote store.

// Routes.

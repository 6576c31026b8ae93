#include <spawn.h>

// In glibc since 2.34, but declared only with its own extensions.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* statements/backup.h -- backups of spaces, their parts and chunks, and the jobs that make and restore them. */

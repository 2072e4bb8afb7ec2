-- A copy for testing writes no backups beside those of the original.
UPDATE res_company SET sbo_backup_path = NULL;

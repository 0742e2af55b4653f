delete from identity.attempts where key = :key

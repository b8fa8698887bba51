package dev.bide.engine;

import java.sql.SQLException;

/** The database failed, or could not be reached ({@link DatabaseAway} tells). The transaction is undone. */
final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StorageException(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}

package dev.bide.engine.quartz;

import java.sql.SQLException;

/** The database failed, or could not be reached ({@code DatabaseFault} tells). The transaction is undone. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}

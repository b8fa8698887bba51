package dev.bide.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Single statements, each on a connection of its own, which must do without transactions. */
public record Sql(DataSource source) {
    private interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    /** The first column of the first row. */
    public long number(String sql, Object... arguments) {
        return with(sql, arguments, statement -> {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** The same as text. */
    public String text(String sql, Object... arguments) {
        return with(sql, arguments, statement -> {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** Gives the number of rows that it changed; -1 where there is none. */
    public int execute(String sql, Object... arguments) {
        return with(sql, arguments, statement -> {
            statement.execute();
            return statement.getUpdateCount();
        });
    }

    private <T> T with(String sql, Object[] arguments, Work<T> work) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return work.on(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}

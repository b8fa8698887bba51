package dev.bide.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A database that can go away: then there are no new connections, as pgjdbc says it where nobody listens. */
public final class Outage implements UnaryOperator<DataSource> {
    private volatile boolean away;

    public void begin() {
        away = true;
    }

    public void end() {
        away = false;
    }

    /** The database as it is seen. */
    @Override
    public DataSource apply(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                Outage.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away && method.getName().equals("getConnection")) {
                        throw new SQLException("Connection to 127.0.0.1:5432 refused", "08001");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}

package dev.bide.ops;

import dev.bide.database.DatabaseProbe;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code GET /alive} on the admin port: 503 tells whoever runs this process to start another in its place. */
final class AliveServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient EngineHealth engine;
    private final transient DatabaseProbe database;

    AliveServlet(EngineHealth engine, DatabaseProbe database) {
        this.engine = engine;
        this.database = database;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean alive = engine.alive(database);
        response.setStatus(alive ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("text/plain");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().println(alive ? "alive" : "stuck; see /healthcheck");
    }
}

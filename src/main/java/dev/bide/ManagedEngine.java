package dev.bide;

import dev.bide.engine.Engine;
import io.dropwizard.lifecycle.Managed;

/** Starts and stops the engine with the server. */
record ManagedEngine(Engine engine, StartPatience patience) implements Managed {
    @Override
    public void start() throws Exception {
        patience.during(engine::prepare);
        engine.start();
    }

    @Override
    public void stop() {
        engine.close();
    }
}

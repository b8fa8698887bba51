package dev.bide.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.engine.Operations;
import dev.bide.engine.Runs;
import dev.bide.engine.Timers;
import dev.bide.engine.Workflows;
import dev.bide.workflow.Json;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import java.time.InstantSource;
import java.util.Collection;
import org.glassfish.jersey.server.ServerProperties;

/** The HTTP contract, put together. */
public final class Api {
    /** Where the server has to serve it: the paths in answers begin with it. */
    public static final String ROOT = "/v1";

    private Api() {}

    /**
     * Adds the resources, the error mapper and the check of API keys to the server that {@code environment} will start, under {@link #ROOT}.
     * The server's own answers, to requests that reach no resource, become problem documents too.
     *
     * @param keys any of which a request must carry; none means that it needs none
     */
    public static void register(
            Environment environment, ApiConfiguration configuration, Collection<String> keys, Services services) {
        ObjectMapper mapper = Json.mapper();
        Answers answers = new Answers(mapper, configuration.retryAfterSeconds());
        Requests requests = new Requests(mapper.getFactory(), configuration);
        JerseyEnvironment jersey = environment.jersey();
        registerHealth(environment, answers, services.health());
        jersey.register(new BodyEncodingFilter(answers));
        ApiKeys apiKeys = new ApiKeys(keys);
        if (!apiKeys.isEmpty()) {
            jersey.register(new ApiKeyFilter(apiKeys, answers));
        }
        WorkflowRunResource runs = new WorkflowRunResource(services.workflows(), services.runs(), requests, answers);
        TimerResource timers = new TimerResource(services.timers(), requests, answers);
        jersey.register(new WorkflowResource(services.workflows(), requests, answers));
        jersey.register(new TaskResource(services.workflows(), requests, answers));
        jersey.register(runs);
        jersey.register(new RunResource(services.runs(), requests, answers));
        jersey.register(timers);
        environment
                .getApplicationContext()
                .insertHandler(
                        new AcceptHandler(timers, runs, apiKeys, new FaultMapper(answers), configuration.bodyLimit()));
        jersey.register(new BulkChangeResource(services.operations(), requests, answers));
        jersey.register(new OperationResource(services.operations(), answers));
        jersey.register(new DelayResource(services.clock(), requests, answers));
        jersey.register(new OpenApiResource());
    }

    /** Adds only {@code GET /health}, for a node that has another role: whoever starts it can see on the same port and path that it is up. */
    public static void registerHealth(Environment environment, ApiConfiguration configuration, Health health) {
        registerHealth(environment, new Answers(Json.mapper(), configuration.retryAfterSeconds()), health);
    }

    private static void registerHealth(Environment environment, Answers answers, Health health) {
        JerseyEnvironment jersey = environment.jersey();
        // Locations are paths: a Host header is the client's word, and a proxy has another.
        jersey.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        jersey.setUrlPattern(ROOT + "/*");
        jersey.register(new FaultMapper(answers));
        jersey.register(new UnreadBodyFilter());
        jersey.register(new HealthResource(health, answers));
        ProblemErrorHandler.install(environment, answers);
    }

    /** What the contract stands on. */
    public record Services(
            Workflows workflows, Runs runs, Timers timers, Operations operations, Health health, InstantSource clock) {}
}

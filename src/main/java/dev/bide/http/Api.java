package dev.bide.http;

import dev.bide.engine.Channels;
import dev.bide.engine.Cluster;
import dev.bide.engine.Destinations;
import dev.bide.engine.Operations;
import dev.bide.engine.Problems;
import dev.bide.engine.Runs;
import dev.bide.engine.Timers;
import dev.bide.engine.Workflows;
import dev.bide.engine.trial.ActionTrials;
import dev.bide.engine.trial.Simulator;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ApiPaths;
import dev.bide.http.answer.FaultMapper;
import dev.bide.http.body.MemoryBudget;
import dev.bide.http.guard.AnswerHandler;
import dev.bide.http.guard.BodyHandler;
import dev.bide.http.guard.Callers;
import dev.bide.http.guard.ContentLengthFilter;
import dev.bide.http.guard.Gate;
import dev.bide.http.guard.MediaTypeFilter;
import dev.bide.http.guard.ServerParts;
import dev.bide.http.resource.AcceptHandler;
import dev.bide.http.resource.Accepting;
import dev.bide.http.resource.ActionResource;
import dev.bide.http.resource.BulkChangeResource;
import dev.bide.http.resource.ChannelResource;
import dev.bide.http.resource.DelayResource;
import dev.bide.http.resource.DensityResource;
import dev.bide.http.resource.DestinationResource;
import dev.bide.http.resource.HealthResource;
import dev.bide.http.resource.NodeResource;
import dev.bide.http.resource.OpenApiResource;
import dev.bide.http.resource.OperationResource;
import dev.bide.http.resource.ProblemResource;
import dev.bide.http.resource.Requests;
import dev.bide.http.resource.RunBulkResource;
import dev.bide.http.resource.RunResource;
import dev.bide.http.resource.SimulationResource;
import dev.bide.http.resource.StatsResource;
import dev.bide.http.resource.TaskResource;
import dev.bide.http.resource.TimerResource;
import dev.bide.http.resource.WorkflowResource;
import dev.bide.http.resource.WorkflowRunResource;
import dev.bide.http.resource.WorkflowViewResource;
import dev.bide.workflow.Json;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.dropwizard.jetty.MutableServletContextHandler;
import java.time.InstantSource;
import org.glassfish.jersey.server.ServerProperties;

/** The HTTP contract, put together. */
public final class Api {
    private Api() {}

    /**
     * Adds the resources, the error mapper and what stands before them to the server that {@code environment} will start, under
     * {@link ApiPaths#ROOT}. The server's own answers, to requests that reach no resource, become problem documents too.
     */
    public static void register(
            Environment environment, ApiConfiguration configuration, Access access, Services services) {
        Answers answers = new Answers(Json.mapper(), configuration.retryAfterSeconds());
        FaultMapper faults = new FaultMapper(answers);
        Requests requests = new Requests(configuration);
        JerseyEnvironment jersey = environment.jersey();
        Accepting accepting = new Accepting(services.timers(), services.runs(), requests, answers);
        // What is put in last is asked first.
        environment
                .getApplicationContext()
                .insertHandler(new AnswerHandler(
                        configuration.answerPatience(), new MemoryBudget(configuration.answerMemory())));
        environment.getApplicationContext().insertHandler(new AcceptHandler(accepting, faults));
        registerHealth(environment, configuration, answers, access, services.health());
        jersey.register(new MediaTypeFilter(answers));
        jersey.register(new WorkflowResource(services.workflows(), requests, answers));
        jersey.register(new WorkflowViewResource(services.workflows(), answers));
        jersey.register(new TaskResource(services.workflows(), requests, answers));
        jersey.register(new WorkflowRunResource(services.workflows(), services.runs(), accepting, requests, answers));
        jersey.register(new RunResource(services.runs(), requests, answers));
        jersey.register(new DensityResource(services.cluster(), services.clock(), answers));
        jersey.register(new TimerResource(services.timers(), accepting, requests, answers));
        jersey.register(new BulkChangeResource(services.operations(), requests, answers));
        jersey.register(new RunBulkResource(services.operations(), requests, answers));
        jersey.register(new OperationResource(services.operations(), answers));
        jersey.register(new ProblemResource(services.problems(), answers));
        jersey.register(new ActionResource(services.actionTrials(), requests, answers));
        jersey.register(new SimulationResource(services.simulator(), requests, answers));
        jersey.register(new DelayResource(services.clock(), requests, answers));
        jersey.register(new StatsResource(services.cluster(), answers));
        jersey.register(new NodeResource(services.cluster(), answers));
        jersey.register(new DestinationResource(services.destinations(), requests, answers));
        jersey.register(new ChannelResource(services.channels(), requests, answers));
        jersey.register(new OpenApiResource());
    }

    /** Adds only {@code GET /health}, for a node that has another role: whoever starts it can see on the same port and path that it is up. */
    public static void registerHealth(
            Environment environment, ApiConfiguration configuration, Access access, Health health) {
        Answers answers = new Answers(Json.mapper(), configuration.retryAfterSeconds());
        registerHealth(environment, configuration, answers, access, health);
    }

    private static void registerHealth(
            Environment environment, ApiConfiguration configuration, Answers answers, Access access, Health health) {
        JerseyEnvironment jersey = environment.jersey();
        // Locations are paths: a Host header is the client's word, and a proxy has another.
        jersey.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        jersey.setUrlPattern(ApiPaths.ROOT + "/*");
        FaultMapper faults = new FaultMapper(answers);
        jersey.register(faults);
        jersey.register(new ContentLengthFilter());
        jersey.register(new HealthResource(health, answers));
        MutableServletContextHandler server = environment.getApplicationContext();
        server.insertHandler(new BodyHandler(configuration, new MemoryBudget(configuration.memoryLimit()), faults));
        server.insertHandler(new Gate(new Callers(access), answers));
        ServerParts.register(environment, answers);
    }

    /** What the contract stands on. */
    public record Services(
            Workflows workflows,
            Runs runs,
            Timers timers,
            Operations operations,
            Problems problems,
            Simulator simulator,
            ActionTrials actionTrials,
            Cluster cluster,
            Destinations destinations,
            Channels channels,
            Health health,
            InstantSource clock) {}
}

package dev.bide;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.database.DatabaseConfiguration;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.RedisConfiguration;
import dev.bide.engine.EngineConfiguration;
import dev.bide.engine.MailConfiguration;
import dev.bide.engine.Node;
import dev.bide.engine.NodeFacts;
import dev.bide.engine.NoticesConfiguration;
import dev.bide.http.ApiConfiguration;
import dev.bide.startup.NodeId;
import dev.bide.startup.Role;
import dev.bide.startup.Roles;
import dev.bide.trace.TelemetryConfiguration;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.function.Supplier;

/** config.yml, where each key is explained. */
public final class BideConfiguration extends Configuration {
    @JsonProperty
    @NotNull
    NodeId nodeId = NodeId.random();

    @JsonProperty
    @NotNull
    Roles roles = Roles.of("api,scheduler,worker");

    @JsonProperty
    @NotNull
    @Valid
    DatabaseConfiguration database = new DatabaseConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    EngineConfiguration engine = new EngineConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    ApiConfiguration api = new ApiConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    AuthConfiguration auth = new AuthConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    DeliveryConfiguration delivery = new DeliveryConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    NoticesConfiguration notices = new NoticesConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    MailConfiguration mail = new MailConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    TelemetryConfiguration telemetry = new TelemetryConfiguration();

    @JsonProperty
    @NotNull
    @Valid
    RedisConfiguration redis = new RedisConfiguration();

    Node node(Supplier<NodeFacts> facts) {
        return new Node(nodeId.value(), roles.has(Role.WORKER), roles.has(Role.SCHEDULER), facts);
    }
}

package dev.bide;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.startup.ExposedAddresses;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExposedAddressesTest {
    private final BideConfiguration configuration = new BideConfiguration();
    private final DefaultServerFactory server = new DefaultServerFactory();
    private final HttpConnectorFactory application = (HttpConnectorFactory) HttpConnectorFactory.application();
    private final HttpConnectorFactory admin = (HttpConnectorFactory) HttpConnectorFactory.admin();

    ExposedAddressesTest() {
        server.setApplicationConnectors(List.of(application));
        server.setAdminConnectors(List.of(admin));
        configuration.setServerFactory(server);
        application.setBindHost("127.0.0.1");
        admin.setBindHost("::1");
    }

    private void check() {
        ExposedAddresses.refuseUnless(configuration.auth.guarded(), configuration.getServerFactory());
    }

    @Test
    void needs_no_key_where_only_this_machine_can_reach_it() {
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void needs_a_key_where_others_can_reach_either_port() {
        application.setBindHost("0.0.0.0");
        assertThatThrownBy(this::check)
                .hasMessageContaining("BIND_HOST 0.0.0.0")
                .hasMessageContaining("API_KEYS");
        application.setBindHost("127.0.0.1");
        admin.setBindHost(null);
        assertThatThrownBy(this::check).hasMessageContaining("every address").hasMessageContaining("API_KEYS");
        configuration.auth.apiKeys = "key";
        assertThatCode(this::check).doesNotThrowAnyException();
        configuration.auth.apiKeys = "";
        configuration.auth.readKeys = "reader";
        assertThatCode(this::check).doesNotThrowAnyException();
        configuration.auth.readKeys = "";
        configuration.auth.allowAnonymous = true;
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void takes_no_server_without_an_admin_port() {
        configuration.setServerFactory(new SimpleServerFactory());
        assertThatThrownBy(this::check).hasMessageContaining("server.type");
    }
}

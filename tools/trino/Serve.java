import io.trino.filesystem.local.LocalFileSystemFactory;
import io.trino.plugin.hive.InternalHiveConnectorFactory;
import io.trino.server.testing.TestingTrinoServer;
import io.trino.spi.Plugin;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a Trino server with a Hive catalog named awsdatacatalog, whose tables
 * and metastore lie in one folder, as local:///. It prints its address and runs
 * until its standard input ends, so that it cannot outlive who started it.
 */
public final class Serve
{
    public static void main(String[] args)
            throws Exception
    {
        PrintStream out = System.out; // the server makes log lines of what is written there later
        Path root = Path.of(args[0]).toAbsolutePath();
        TestingTrinoServer server = TestingTrinoServer.builder().build();
        server.installPlugin(new Hive(root));
        server.createCatalog("awsdatacatalog", "hive", Map.of(
                "hive.metastore", "file",
                "hive.metastore.catalog.dir", "local:///metastore",
                "hive.recursive-directories", "true", // as Athena reads a table's location
                "hive.allow-register-partition-procedure", "true"));
        out.println("listening " + server.getBaseUrl());
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
        Runtime.getRuntime().halt(0);
    }

    /** The Hive connector of the release, on a folder instead of HDFS or S3. */
    private record Hive(Path root)
            implements Plugin, ConnectorFactory
    {
        @Override
        public Iterable<ConnectorFactory> getConnectorFactories()
        {
            return List.of(this);
        }

        @Override
        public String getName()
        {
            return "hive";
        }

        @Override
        public Connector create(String name, Map<String, String> config, ConnectorContext context)
        {
            return InternalHiveConnectorFactory.createConnector(name, config, context, binder -> {},
                    Optional.empty(), Optional.of(new LocalFileSystemFactory(root)), Optional.empty());
        }
    }
}

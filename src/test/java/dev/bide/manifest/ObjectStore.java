package dev.bide.manifest;

/** Where CloudNativePG's plugin barman-cloud keeps backups and log: those of its fields that are used here. */
record ObjectStore(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(String retentionPolicy, Configuration configuration) {}

    record Configuration(String destinationPath, Credentials s3Credentials, Wal wal, Data data) {}

    record Credentials(boolean inheritFromIAMRole) {}

    record Wal(Compression compression, int maxParallel) {}

    record Data(Compression compression) {}

    /** What both take. */
    enum Compression {
        bzip2,
        gzip,
        lz4,
        snappy
    }
}

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codehaus.mojo.animal_sniffer.Clazz;
import org.codehaus.mojo.animal_sniffer.SignatureBuilder;
import org.codehaus.mojo.animal_sniffer.SignatureChecker;
import org.codehaus.mojo.animal_sniffer.logging.Logger;

/**
 * What classes use that Java and an Android framework do not have, one use a line: CLASS: WHAT.
 *
 * <p>Arguments: a file for the signatures, made where there is none, for a framework is long to read; the framework;
 * Java's signatures; folders of classes.
 */
final class Signatures {
    /** What comes with the app. */
    private static final Set<String> OWN = Set.of("jp.warifu.*", "kotlin.*", "kotlinx.*", "com.google.zxing.*", "com.sun.jna.*");

    private static final Pattern USE = Pattern.compile("(.*)\\.class(?::\\d+)?: Undefined reference: (.*)");

    public static void main(String[] arguments) throws IOException {
        Path kept = Path.of(arguments[0]);
        if (!Files.exists(kept)) keep(kept, new File(arguments[1]));
        Map<String, Clazz> known = read(kept);
        known.putAll(read(Path.of(arguments[2])));
        Set<String> uses = new TreeSet<>();
        for (String folder : Arrays.asList(arguments).subList(3, arguments.length)) {
            File classes = new File(folder);
            if (!classes.isDirectory()) throw new IOException("no classes in " + folder);
            SignatureChecker checker = new SignatureChecker(known, OWN, new Findings(folder, uses));
            checker.setSourcePath(List.of());
            checker.process(classes);
        }
        uses.forEach(System.out::println);
    }

    private static Map<String, Clazz> read(Path signatures) throws IOException {
        try (InputStream bytes = Files.newInputStream(signatures)) {
            return SignatureChecker.loadClasses(bytes);
        }
    }

    private static void keep(Path kept, File framework) throws IOException {
        ByteArrayOutputStream signatures = new ByteArrayOutputStream();
        SignatureBuilder builder = new SignatureBuilder(signatures, new Findings("", new TreeSet<>()));
        builder.setCheckJars(true);
        builder.addInclude("*");
        builder.process(framework);
        builder.close();
        Files.createDirectories(kept.getParent());
        Path whole = kept.resolveSibling(kept.getFileName() + ".part");
        Files.write(whole, signatures.toByteArray());
        Files.move(whole, kept, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Animal Sniffer tells what it finds to a log alone. */
    private static final class Findings implements Logger {
        private final String folder;
        private final Set<String> uses;

        Findings(String folder, Set<String> uses) {
            this.folder = folder;
            this.uses = uses;
        }

        /** Without the line and the lambda, which change with every edit. */
        @Override
        public void error(String told) {
            Matcher use = USE.matcher(told);
            if (!use.matches()) throw new IllegalStateException(told);
            String file = use.group(1).substring(folder.length() + 1);
            uses.add(file.replaceFirst("\\$.*", "").replace('/', '.') + ": " + use.group(2));
        }

        @Override
        public void error(String told, Throwable cause) {
            throw new IllegalStateException(told, cause);
        }

        @Override
        public void warn(String told) {}

        @Override
        public void warn(String told, Throwable cause) {}

        @Override
        public void info(String told) {}

        @Override
        public void info(String told, Throwable cause) {}

        @Override
        public void debug(String told) {}

        @Override
        public void debug(String told, Throwable cause) {}
    }
}

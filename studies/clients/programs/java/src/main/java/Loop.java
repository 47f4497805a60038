import java.util.Hashtable;
import java.util.Map;
import javax.naming.directory.InitialDirContext;

/** The loop that each program runs: ten times a second it counts one up, and reads it back. */
final class Loop {
  static final Map<String, String> ENV = System.getenv();
  static final String HOST = ENV.get("HOST");
  static final int PORT = Integer.parseInt(ENV.get("PORT"));
  static final boolean IS_HOOK = ENV.get("WAY").equals("hook");
  static final boolean IS_GUIDE = ENV.get("SETTINGS").equals("guide");
  private static final long INTERVAL = 100;

  interface Operation {
    /** Counts the key up and reads it; returns both values. */
    long[] apply(String key) throws Exception;
  }

  record Target(String host, int port) {}

  /** The first target of the SRV record. */
  static Target find() {
    try {
      var environment = new Hashtable<String, String>();
      environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
      environment.put("java.naming.provider.url", "dns://" + ENV.get("DNS") + "/");
      var context = new InitialDirContext(environment);
      var record = value(context, ENV.get("NAME"), "SRV").split(" ");
      return new Target(value(context, record[3], "A"), Integer.parseInt(record[2]));
    } catch (Exception error) {
      throw new IllegalStateException("no SRV record: " + error.getMessage(), error);
    }
  }

  private static String value(InitialDirContext context, String name, String type)
      throws Exception {
    return (String) context.getAttributes(name, new String[] {type}).get(type).get();
  }

  static void run(Operation operation) throws InterruptedException {
    new Thread(Loop::endWithStandardInput).start();
    for (int number = 0; ; number++) {
      long begin = System.currentTimeMillis();
      String outcome = "ok";
      try {
        long[] values = operation.apply("op:" + number);
        if (values[0] != values[1]) outcome = "read " + values[1] + ", not " + values[0];
      } catch (Exception error) {
        outcome = error.toString().replaceAll("\\s+", " ");
      }
      System.out.println(
          number + " " + begin + " " + System.currentTimeMillis() + " " + outcome);
      Thread.sleep(Math.max(1, begin + INTERVAL - System.currentTimeMillis()));
    }
  }

  private static void endWithStandardInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (java.io.IOException error) {
      // It has ended too.
    }
    Runtime.getRuntime().halt(0);
  }
}

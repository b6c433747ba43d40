import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Version;

/**
 * Lucene Monitor as the benchmark asks it: registers the watches of a directory, then obeys
 * commands on standard input and answers each with one line on standard output.
 *
 * <p>match FROM TO FILE matches the documents FROM to TO-1 in batches and writes the pairs found to
 * FILE, "document TAB watch" a line. The answer is "matched" with the processor time of the thread
 * in nanoseconds, the pairs found and the queries run. Reading documents and writing pairs is not
 * in the time; garbage collection and compilation, which run in other threads, neither.
 */
public final class Peer {
  private final List<String[]> documents = new ArrayList<>();
  private final Monitor monitor;
  private final int batch;

  private Peer(Path dir, int watches, String presearcher, int batch, Watches.Near near) throws IOException {
    this.batch = batch;
    for (String line : Files.readAllLines(dir.resolve("documents.tsv"))) {
      documents.add(line.split("\t", 2));
    }
    monitor = new Monitor(new WhitespaceAnalyzer(1 << 15), presearcher(presearcher));
    Watches parser = new Watches(near);
    List<MonitorQuery> queries = new ArrayList<>();
    List<String> lines = Files.readAllLines(dir.resolve("watches.tsv"));
    for (int i = 0; i < watches; i++) {
      queries.add(new MonitorQuery(Integer.toString(i), parser.parse(lines.get(i))));
      if (queries.size() == 5000 || i == watches - 1) {
        monitor.register(queries);
        queries.clear();
      }
    }
  }

  /**
   * A presearcher by name: "length" is Lucene's default, "df" weighs a term by the documents that
   * hold it, "multiN" and "dfN" do the same in N passes, "none" asks every query.
   */
  private Presearcher presearcher(String name) {
    TermWeightor weightor = name.startsWith("df") ? rarity() : TermFilteredPresearcher.DEFAULT_WEIGHTOR;
    String passes = name.replaceAll("\\D", "");
    if (name.equals("none")) {
      return Presearcher.NO_FILTERING;
    }
    if (passes.isEmpty()) {
      return new TermFilteredPresearcher(weightor, List.of(), Set.of());
    }
    return new MultipassTermFilteredPresearcher(Integer.parseInt(passes), 0, weightor, List.of(), Set.of());
  }

  /** The fewer of the documents hold a term, the better it is to look for. */
  private TermWeightor rarity() {
    Map<String, Integer> exact = documentFrequency(0), folded = documentFrequency(1);
    return term -> 1 + 1.0 / (term.field().equals(Watches.FOLDED) ? folded : exact).getOrDefault(term.text(), 1);
  }

  private Map<String, Integer> documentFrequency(int field) {
    Map<String, Integer> in = new HashMap<>();
    for (String[] d : documents) {
      for (String word : new HashSet<>(List.of(d[field].split(" ")))) {
        in.merge(word, 1, Integer::sum);
      }
    }
    return in;
  }

  private String match(int from, int to, Path pairs) throws IOException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<MultiMatchingQueries<QueryMatch>> results = new ArrayList<>();
    long start = threads.getCurrentThreadCpuTime(), startAll = process.getProcessCpuTime();
    for (int i = from; i < to; i += batch) {
      Document[] docs = new Document[Math.min(batch, to - i)];
      for (int j = 0; j < docs.length; j++) {
        docs[j] = new Document();
        docs[j].add(new TextField(Watches.EXACT, documents.get(i + j)[0], Field.Store.NO));
        docs[j].add(new TextField(Watches.FOLDED, documents.get(i + j)[1], Field.Store.NO));
      }
      results.add(monitor.match(docs, QueryMatch.SIMPLE_MATCHER));
    }
    long took = threads.getCurrentThreadCpuTime() - start, tookAll = process.getProcessCpuTime() - startAll;
    long found = 0, run = 0;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(pairs))) {
      int document = from;
      for (MultiMatchingQueries<QueryMatch> r : results) {
        if (!r.getErrors().isEmpty()) {
          throw new IllegalStateException("errors while matching: " + r.getErrors());
        }
        run += r.getQueriesRun();
        for (int j = 0; j < r.getBatchSize(); j++, document++) {
          for (QueryMatch m : r.getMatches(j)) {
            out.println(document + "\t" + m.getQueryId());
            found++;
          }
        }
      }
    }
    return "matched " + took + " " + tookAll + " " + found + " " + run;
  }

  public static void main(String[] args) throws IOException {
    IndexSearcher.setMaxClauseCount(1 << 17);
    OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = process.getProcessCpuTime();
    Peer peer = new Peer(Path.of(args[0]), Integer.parseInt(args[1]), args[2], Integer.parseInt(args[3]), Watches.Near.valueOf(args[4]));
    long took = process.getProcessCpuTime() - start;
    System.gc();
    Runtime r = Runtime.getRuntime();
    System.out.println("ready " + took + " " + (r.totalMemory() - r.freeMemory()) + " " + Version.LATEST);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] command = line.split(" ", 4);
      System.out.println(peer.match(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Path.of(command[3])));
    }
    System.exit(0);
  }
}

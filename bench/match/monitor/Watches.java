import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.queries.spans.FieldMaskingSpanQuery;
import org.apache.lucene.queries.spans.SpanNearQuery;
import org.apache.lucene.queries.spans.SpanOrQuery;
import org.apache.lucene.queries.spans.SpanQuery;
import org.apache.lucene.queries.spans.SpanTermQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** Reads watches in prefix form, see clause.neutral on the other side, into Lucene queries. */
final class Watches {
  static final String EXACT = "exact";
  static final String FOLDED = "folded";

  /**
   * How "at most n words between, in either order, not overlapping" is asked. All three mean the
   * same for two terms: INTERVALS and ORDERED_SPANS by definition, since the words of a term are
   * fixed in number, so that of all pairs in a row the nearest is found; SPANS only where the
   * terms cannot share a word of the text, because unordered spans may overlap, and takes
   * ORDERED_SPANS elsewhere.
   */
  enum Near { INTERVALS, ORDERED_SPANS, SPANS }

  /** A term is words in a row of one field. */
  private record Words(String field, String[] words) {}

  private final Near near;
  private String[] tokens;
  private int at;

  Watches(Near near) {
    this.near = near;
  }

  Query parse(String neutral) {
    tokens = neutral.split(" ");
    at = 0;
    return clause();
  }

  private Query clause() {
    if (!tokens[at].equals("(")) {
      return query(term());
    }
    at++;
    String op = tokens[at++];
    Query q = op.equals("near") ? near(Integer.parseInt(tokens[at++]), term(), term()) : bool(op);
    at++; // the closing parenthesis
    return q;
  }

  private Query bool(String op) {
    BooleanQuery.Builder b = new BooleanQuery.Builder();
    while (!tokens[at].equals(")")) {
      if (tokens[at].equals("(") && tokens[at + 1].equals("not")) {
        at += 2;
        b.add(clause(), Occur.MUST_NOT);
        at++;
      } else {
        b.add(clause(), op.equals("and") ? Occur.MUST : Occur.SHOULD);
      }
    }
    return b.build();
  }

  private Words term() {
    String t = tokens[at++];
    return new Words(t.charAt(0) == '~' ? FOLDED : EXACT, t.substring(1).split("_"));
  }

  private static Query query(Words t) {
    if (t.words.length == 1) {
      return new TermQuery(new Term(t.field, t.words[0]));
    }
    return new PhraseQuery(t.field, t.words);
  }

  private Query near(int n, Words a, Words b) {
    if (near == Near.INTERVALS) {
      return new IntervalQuery(EXACT, Intervals.maxgaps(n, Intervals.unorderedNoOverlaps(source(a), source(b))));
    }
    SpanQuery x = span(a), y = span(b);
    if (near == Near.SPANS && !mayShareWords(a, b)) {
      return new SpanNearQuery(new SpanQuery[] {x, y}, n, false);
    }
    return new SpanOrQuery(
        new SpanNearQuery(new SpanQuery[] {x, y}, n, true), new SpanNearQuery(new SpanQuery[] {y, x}, n, true));
  }

  private static IntervalsSource source(Words t) {
    IntervalsSource s = t.words.length == 1 ? Intervals.term(t.words[0]) : Intervals.phrase(t.words);
    return t.field.equals(EXACT) ? s : Intervals.fixField(t.field, s);
  }

  /** Both fields have one token for each word, so that positions of one stand for the other's. */
  private static SpanQuery span(Words t) {
    List<SpanQuery> words = new ArrayList<>();
    for (String w : t.words) {
      words.add(new SpanTermQuery(new Term(t.field, w)));
    }
    SpanQuery q = words.size() == 1 ? words.get(0) : new SpanNearQuery(words.toArray(new SpanQuery[0]), 0, true);
    return t.field.equals(EXACT) ? q : new FieldMaskingSpanQuery(q, EXACT);
  }

  /** Terms of different fields are taken to share words: nothing here knows how words fold. */
  private static boolean mayShareWords(Words a, Words b) {
    if (!a.field.equals(b.field)) {
      return true;
    }
    List<String> x = Arrays.asList(a.words);
    return Arrays.stream(b.words).anyMatch(x::contains);
  }
}

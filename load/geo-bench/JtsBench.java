import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Envelope;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.LinearRing;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.Polygon;
import org.locationtech.jts.geom.prep.PreparedGeometry;
import org.locationtech.jts.geom.prep.PreparedGeometryFactory;
import org.locationtech.jts.index.strtree.STRtree;

/**
 * STRtree + PreparedGeometry.covers over the polygons that load/geo-bench.ts writes, on the points it
 * writes. Arguments: polygons file, points file, answers file, rounds. Prints CPU nanoseconds per round.
 * Per point: layers 0 to n-2, and the last layer (countries) only where layer 0 has no answer.
 */
public final class JtsBench {
  private record Prepared(int number, PreparedGeometry geometry) {}

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final GeometryFactory FACTORY = new GeometryFactory();

  public static void main(String[] args) throws IOException {
    STRtree[] layers = readLayers(Path.of(args[0]));
    double[] points = readPoints(Path.of(args[1]));
    int[] answers = new int[points.length / 2 * layers.length];
    for (int round = 0; round < Integer.parseInt(args[3]); round++) {
      long start = CPU.getCurrentThreadCpuTime();
      locateAll(layers, points, answers);
      System.out.println(CPU.getCurrentThreadCpuTime() - start);
    }
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(args[2]))))) {
      for (int answer : answers) out.writeInt(answer);
    }
  }

  private static void locateAll(STRtree[] layers, double[] points, int[] answers) {
    int last = layers.length - 1;
    for (int i = 0; i < points.length / 2; i++) {
      Coordinate at = new Coordinate(points[2 * i + 1], points[2 * i]);
      Point point = FACTORY.createPoint(at);
      int row = i * layers.length;
      for (int layer = 0; layer < last; layer++) answers[row + layer] = locate(layers[layer], point);
      answers[row + last] = answers[row] < 0 ? locate(layers[last], point) : -1;
    }
  }

  /** Lowest number of the polygons that cover the point; numbers follow the order of ids. */
  private static int locate(STRtree tree, Point point) {
    int best = -1;
    @SuppressWarnings("unchecked")
    List<Prepared> near = tree.query(new Envelope(point.getCoordinate()));
    for (Prepared each : near) {
      if (best >= 0 && each.number() > best) continue;
      if (each.geometry().covers(point)) best = each.number();
    }
    return best;
  }

  private static STRtree[] readLayers(Path path) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 20))) {
      STRtree[] layers = new STRtree[in.readInt()];
      for (int layer = 0; layer < layers.length; layer++) {
        layers[layer] = new STRtree();
        int features = in.readInt();
        for (int number = 0; number < features; number++) {
          Geometry geometry = readGeometry(in);
          Prepared prepared = new Prepared(number, PreparedGeometryFactory.prepare(geometry));
          layers[layer].insert(geometry.getEnvelopeInternal(), prepared);
        }
        layers[layer].build();
      }
      return layers;
    }
  }

  private static Geometry readGeometry(DataInputStream in) throws IOException {
    Polygon[] polygons = new Polygon[in.readInt()];
    for (int i = 0; i < polygons.length; i++) {
      LinearRing[] rings = new LinearRing[in.readInt()];
      for (int ring = 0; ring < rings.length; ring++) {
        Coordinate[] coordinates = new Coordinate[in.readInt()];
        for (int j = 0; j < coordinates.length; j++) {
          coordinates[j] = new Coordinate(in.readDouble(), in.readDouble());
        }
        rings[ring] = FACTORY.createLinearRing(coordinates);
      }
      LinearRing[] holes = java.util.Arrays.copyOfRange(rings, 1, rings.length);
      polygons[i] = FACTORY.createPolygon(rings[0], holes);
    }
    return polygons.length == 1 ? polygons[0] : FACTORY.createMultiPolygon(polygons);
  }

  private static double[] readPoints(Path path) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 20))) {
      double[] points = new double[in.readInt()];
      for (int i = 0; i < points.length; i++) points[i] = in.readDouble();
      return points;
    }
  }
}

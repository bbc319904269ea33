using System.Globalization;
using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Graphs to draw.</summary>
internal static class SampleDrawings
{
    /// <summary>A chain of five with a branch.</summary>
    internal static GraphDrawing Chain() => new DrawingBuilder("Word count")
        .Node(1, "Source<string>", "lines", NodeShape.DoubleOctagon)
        .Node(2, "flatten", null, NodeShape.Ellipse)
        .Node(3, "map Trim", null, NodeShape.Ellipse)
        .Node(4, "frequencies", "counts", NodeShape.Box)
        .Node(5, "sink Print", null, NodeShape.Trapezium)
        .Node(6, "partition n=100", null, NodeShape.Diamond)
        .Node(7, "sink WriteBatch", null, NodeShape.Trapezium)
        .Path(1, 2, 3).Edge(3, 4, "0").Edge(4, 5).Edge(3, 6, "1").Edge(6, 7)
        .Build();

    /// <summary>Thirty nodes with three sources, several joins, a branch of five and a loop.</summary>
    internal static GraphDrawing Thirty() => new DrawingBuilder("Order monitoring")
        .Node(1, "from_kafka orders", "orders", NodeShape.DoubleOctagon)
        .Node(2, "from_periodic 1s", "prices", NodeShape.DoubleOctagon)
        .Node(3, "from_textfile customers.csv", "customers", NodeShape.DoubleOctagon)
        .Node(4, "map ParseOrder", null, NodeShape.Ellipse)
        .Node(5, "filter IsValid", null, NodeShape.Ellipse)
        .Node(6, "map ParsePrice", null, NodeShape.Ellipse)
        .Node(7, "unique maxsize=1000", null, NodeShape.Ellipse)
        .Node(8, "map ParseCustomer", null, NodeShape.Ellipse)
        .Node(9, "accumulate ToTable", "customer table", NodeShape.Box)
        .Node(10, "combine_latest", null, NodeShape.Triangle)
        .Node(11, "zip_latest", "enriched", NodeShape.Triangle)
        .Node(12, "buffer 500", null, NodeShape.Octagon)
        .Node(13, "map Score", "scored", NodeShape.Ellipse)
        .Node(14, "filter IsFraud", null, NodeShape.Ellipse)
        .Node(15, "sliding_window n=50", null, NodeShape.Diamond)
        .Node(16, "timed_window 5s", null, NodeShape.Octagon)
        .Node(17, "partition n=100", null, NodeShape.Diamond)
        .Node(18, "accumulate RunningTotal", "revenue", NodeShape.Box)
        .Node(19, "sink Alert", "pager", NodeShape.Trapezium)
        .Node(20, "map Average", null, NodeShape.Ellipse)
        .Node(21, "map CountPerRegion", null, NodeShape.Ellipse)
        .Node(22, "sink_to_textfile orders-archive.jsonl", null, NodeShape.Trapezium)
        .Node(23, "latest", null, NodeShape.Octagon)
        .Node(24, "zip", null, NodeShape.Triangle)
        .Node(25, "map ToDashboardRow", null, NodeShape.Ellipse)
        .Node(26, "union", null, NodeShape.Triangle)
        .Node(27, "rate_limit 1s", null, NodeShape.Octagon)
        .Node(28, "sink Dashboard", "dashboard", NodeShape.Trapezium)
        .Node(29, "filter NeedsRetry", null, NodeShape.Ellipse)
        .Node(30, "delay 30s", "retry", NodeShape.Octagon)
        .Path(1, 4, 5, 10).Path(2, 6, 7, 10).Path(3, 8, 9, 11).Path(10, 11, 12, 13)
        .Edge(13, 14, "0").Edge(13, 15, "1").Edge(13, 16, "2").Edge(13, 17, "3").Edge(13, 18, "4")
        .Edge(14, 19, "0").Edge(14, 29, "1").Path(29, 30).Feedback(30, 4)
        .Path(15, 20, 24).Path(16, 21, 24).Path(17, 22).Path(18, 23, 26)
        .Path(24, 25, 26, 27, 28)
        .Build();

    /// <summary>Sixty nodes side by side.</summary>
    internal static GraphDrawing Wide()
    {
        var builder = new DrawingBuilder("Sensor fan-in").Node(0, "union", "all sensors", NodeShape.Triangle);
        for (var i = 0; i < 14; i++)
        {
            var first = 1 + (i * 4);
            builder.Node(first, $"from_mqtt sensors/{i}", $"sensor {i}", NodeShape.DoubleOctagon)
                .Node(first + 1, "map Decode", null, NodeShape.Ellipse)
                .Node(first + 2, i % 3 == 0 ? "sliding_window n=20" : "timed_window 1s", null, i % 3 == 0 ? NodeShape.Diamond : NodeShape.Octagon)
                .Node(first + 3, "map Mean", null, NodeShape.Ellipse)
                .Path(first, first + 1, first + 2, first + 3, 0);
        }

        return builder.Node(57, "accumulate Store", "history", NodeShape.Box)
            .Node(58, "sink Plot", null, NodeShape.Trapezium)
            .Node(59, "sink_to_textfile log.txt", null, NodeShape.Trapezium)
            .Edge(0, 57, "0").Edge(57, 58).Edge(0, 59, "1")
            .Edge(6, 13).Edge(22, 37)
            .Build();
    }

    /// <summary>All drawings whose geometry must hold.</summary>
    internal static IEnumerable<GraphDrawing> All()
    {
        foreach (var direction in Enum.GetValues<DrawingDirection>())
        {
            yield return Chain() with { Direction = direction };
            yield return Thirty() with { Direction = direction };
            yield return Wide() with { Direction = direction };
            yield return Awkward(direction);
            yield return Loops(direction);
            yield return Random(1, 40, 0.3, direction);
            yield return Random(2, 80, 0.6, direction);
            yield return Random(3, 200, 0.2, direction);
            yield return Star(direction);
            yield return new DrawingBuilder("single").Node(1, "map").Direction(direction).Build();
            yield return new DrawingBuilder(null).Direction(direction).Build();
        }
    }

    /// <summary>A branch of thirty whose ends join again.</summary>
    internal static GraphDrawing Star(DrawingDirection direction)
    {
        var builder = new DrawingBuilder("star").Node(0, "source", null, NodeShape.DoubleOctagon).Node(99, "union", null, NodeShape.Triangle);
        for (var i = 1; i <= 30; i++)
        {
            builder.Node(i, $"map {i}").Edge(0, i, (i - 1).ToString(CultureInfo.InvariantCulture)).Edge(i, 99);
        }

        return builder.Direction(direction).Build();
    }

    /// <summary>Labels that every format must escape.</summary>
    internal static GraphDrawing Awkward(DrawingDirection direction) => new DrawingBuilder("<a> & \"b\" 'c' \u202Eevil\u0000")
        .Node(1, "Source<Dictionary<string, List<int>>> \"quoted\" & more", "näme 漢字 👩‍👩‍👧‍👦", NodeShape.DoubleOctagon)
        .Node(2, "map &quot;x&quot; => [x] {y} (z) |w| #35; \\n \\", "שלום עולם", NodeShape.Triangle)
        .Node(3, "line\r\nbreak\ttab\u0001\uD800", string.Empty, NodeShape.Diamond)
        .Node(4, string.Empty, null, NodeShape.Ellipse)
        .Node(5, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", null, NodeShape.Octagon)
        .Edge(1, 2, "0").Edge(1, 3, "<&\">").Edge(2, 4).Edge(2, 4).Edge(3, 5).Feedback(5, 1).Feedback(4, 4)
        .Direction(direction)
        .Build();

    /// <summary>Loops of every kind.</summary>
    internal static GraphDrawing Loops(DrawingDirection direction) => new DrawingBuilder(null)
        .Node(1, "source", null, NodeShape.DoubleOctagon)
        .Node(2, "zip", "twice", NodeShape.Triangle)
        .Node(3, "map A", null, NodeShape.Ellipse)
        .Node(4, "map B", null, NodeShape.Ellipse)
        .Node(5, "union", null, NodeShape.Triangle)
        .Node(6, "sink", null, NodeShape.Trapezium)
        .Node(7, "alone", null, NodeShape.Box)
        .Node(8, "cycle 1", null, NodeShape.Ellipse)
        .Node(9, "cycle 2", null, NodeShape.Ellipse)
        .Edge(1, 2).Edge(1, 2).Path(2, 3, 4, 5, 6).Feedback(5, 2).Feedback(4, 3).Feedback(3, 3).Edge(1, 5)
        .Path(8, 9, 8)
        .Direction(direction)
        .Build();

    /// <summary>A random graph, the same for the same seed.</summary>
    internal static GraphDrawing Random(int seed, int nodes, double density, DrawingDirection direction)
    {
        var random = new Random(seed);
        var builder = new DrawingBuilder($"Random {seed}");
        for (var i = 0; i < nodes; i++)
        {
            builder.Node(i, "node " + new string('x', random.Next(30)), random.Next(3) == 0 ? $"name {i}" : null, (NodeShape)random.Next(7));
        }

        for (var i = 1; i < nodes; i++)
        {
            var edges = 1 + (random.NextDouble() < density ? 1 : 0);
            for (var edge = 0; edge < edges; edge++)
            {
                builder.Edge(Math.Max(0, i - 1 - random.Next(8)), i, random.Next(2) == 0 ? edge.ToString(CultureInfo.InvariantCulture) : null);
            }

            if (random.Next(20) == 0)
            {
                builder.Feedback(i, random.Next(i + 1));
            }
        }

        return builder.Direction(direction).Build();
    }
}

using Streamz.Dataflow.Graph.Rendering;

namespace Streamz.Dataflow.Tests.Graph.Rendering;

/// <summary>Tests of the geometry of the layout.</summary>
[TestFixture]
public sealed class GraphLayoutTests
{
    private const double Tolerance = 0.6;
    private const int Samples = 40;

    /// <summary>All is inside the picture.</summary>
    [Test]
    public void Compute_AnyGraph_StaysInsideThePicture() => ForAll((drawing, layout) =>
    {
        Assert.That(layout.Nodes, Has.Count.EqualTo(drawing.Nodes.Count));
        Assert.That(layout.Edges, Has.Count.EqualTo(drawing.Edges.Count));
        foreach (var node in layout.Nodes)
        {
            Assert.That(node.X, Is.GreaterThanOrEqualTo(0));
            Assert.That(node.Y, Is.GreaterThanOrEqualTo(0));
            Assert.That(node.X + node.Width, Is.LessThanOrEqualTo(layout.Width));
            Assert.That(node.Y + node.Height, Is.LessThanOrEqualTo(layout.Height));
        }

        foreach (var point in layout.Edges.SelectMany(edge => edge.Points))
        {
            Assert.That(point.X, Is.InRange(0, layout.Width));
            Assert.That(point.Y, Is.InRange(0, layout.Height));
        }
    });

    /// <summary>No two nodes overlap; there is always some air between them.</summary>
    [Test]
    public void Compute_AnyGraph_NodesDoNotOverlap() => ForAll((_, layout) =>
    {
        const double Air = 10;
        for (var i = 0; i < layout.Nodes.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (one, other) = (layout.Nodes[i], layout.Nodes[j]);
                var apart = one.X + one.Width + Air <= other.X || other.X + other.Width + Air <= one.X
                    || one.Y + one.Height + Air <= other.Y || other.Y + other.Height + Air <= one.Y;
                Assert.That(apart, Is.True, $"{one.Node} overlaps {other.Node}");
            }
        }
    });

    /// <summary>Every edge starts on the outline of its source and ends on that of its target.</summary>
    [Test]
    public void Compute_AnyGraph_EdgesEndOnTheirNodes() => ForAll((drawing, layout) =>
    {
        var nodes = layout.Nodes.ToDictionary(node => node.Node.Id);
        foreach (var edge in layout.Edges)
        {
            Assert.That(Geometry.DistanceToOutline(nodes[edge.Edge.From], edge.Points[0], drawing.Direction), Is.LessThan(Tolerance), edge.Edge.ToString());
            Assert.That(Geometry.DistanceToOutline(nodes[edge.Edge.To], edge.Points[^1], drawing.Direction), Is.LessThan(Tolerance), edge.Edge.ToString());
        }
    });

    /// <summary>No edge passes through a node that is not its own, be it drawn as curves or as straight lines.</summary>
    [Test]
    public void Compute_AnyGraph_EdgesKeepClearOfForeignNodes() => ForAll((_, layout) =>
    {
        foreach (var edge in layout.Edges)
        {
            var course = Curve.Flatten(edge.Points, Samples).Concat(Curve.Polyline(edge.Points, Samples)).ToList();
            foreach (var node in layout.Nodes.Where(node => node.Node.Id != edge.Edge.From && node.Node.Id != edge.Edge.To))
            {
                Assert.That(
                    course.Exists(point => Geometry.IsInside(node, point, 0)),
                    Is.False,
                    $"{edge.Edge} passes through {node.Node}");
            }
        }
    });

    /// <summary>An edge does not run back through its own nodes either.</summary>
    [Test]
    public void Compute_AnyGraph_EdgesKeepClearOfTheirOwnNodes() => ForAll((drawing, layout) =>
    {
        var nodes = layout.Nodes.ToDictionary(node => node.Node.Id);
        foreach (var edge in layout.Edges)
        {
            var course = Curve.Flatten(edge.Points, Samples);
            foreach (var node in new[] { nodes[edge.Edge.From], nodes[edge.Edge.To] })
            {
                var inside = course.Exists(point => Geometry.IsInsideOutline(node, point, drawing.Direction)
                    && Geometry.DistanceToOutline(node, point, drawing.Direction) > Tolerance);
                Assert.That(inside, Is.False, $"{edge.Edge} runs through {node.Node}");
            }
        }
    });

    /// <summary>Text fits the outline of its node, at every corner.</summary>
    [Test]
    public void Compute_AnyGraph_LabelsFitTheirShapes() => ForAll((drawing, layout) =>
    {
        foreach (var node in layout.Nodes)
        {
            foreach (var line in node.Lines)
            {
                Assert.That(TextMeasure.Width(line.Text, LayoutMetrics.FontSize, line.IsName), Is.LessThanOrEqualTo(line.Width + 0.01));
                foreach (var corner in Geometry.Corners(line))
                {
                    Assert.That(
                        Geometry.IsInsideOutline(node, corner, drawing.Direction),
                        Is.True,
                        $"\"{line.Text}\" leaves {node.Node} at {corner}");
                }
            }
        }
    });

    /// <summary>Execution orders stand apart from nodes and from each other.</summary>
    [Test]
    public void Compute_Branch_LabelsAreLegible()
    {
        foreach (var drawing in new[] { SampleDrawings.Chain(), SampleDrawings.Thirty(), SampleDrawings.Wide() })
        {
            var layout = GraphLayout.Compute(drawing);
            var labels = layout.Edges.Where(edge => edge.LabelAt is not null).Select(edge => edge.LabelAt!.Value).ToList();
            Assert.That(labels, Has.Count.EqualTo(drawing.Edges.Count(edge => edge.Label is not null)));
            for (var i = 0; i < labels.Count; i++)
            {
                Assert.That(layout.Nodes.Any(node => Geometry.IsInside(node, labels[i], -7)), Is.False);
                Assert.That(labels.Take(i).Any(other => Math.Abs(other.X - labels[i].X) < 14 && Math.Abs(other.Y - labels[i].Y) < 14), Is.False);
            }
        }
    }

    /// <summary>Only feedback is marked as a loop.</summary>
    [Test]
    public void Compute_Feedback_HasALoopSign() => ForAll((_, layout) =>
    {
        foreach (var edge in layout.Edges)
        {
            Assert.That(edge.LoopSignAt is not null, Is.EqualTo(edge.Edge.IsFeedback));
        }
    });

    /// <summary>Apart from what closes a cycle, every edge goes with the flow.</summary>
    [Test]
    public void Compute_Edges_GoWithTheFlow()
    {
        foreach (var drawing in new[] { SampleDrawings.Chain(), SampleDrawings.Thirty(), SampleDrawings.Wide() })
        {
            var layout = GraphLayout.Compute(drawing);
            foreach (var edge in layout.Edges)
            {
                Assert.That(edge.Points[0].X < edge.Points[^1].X, Is.EqualTo(!edge.Edge.IsFeedback), edge.Edge.ToString());
            }
        }
    }

    /// <summary>The sample of thirty nodes needs no crossing at all.</summary>
    [Test]
    public void Compute_ThirtyNodes_NothingCrosses()
    {
        var layout = GraphLayout.Compute(SampleDrawings.Thirty());

        Assert.That(Geometry.Crossings(layout), Is.Zero);
    }

    /// <summary>The branches of a node come in execution order.</summary>
    [Test]
    public void Compute_Branch_IsInExecutionOrder()
    {
        var layout = GraphLayout.Compute(SampleDrawings.Star(DrawingDirection.LeftToRight));
        var branches = layout.Edges.Where(edge => edge.Edge.From == 0).ToList();

        Assert.That(branches.ConvertAll(edge => edge.Points[^1].Y), Is.Ordered.Ascending);
        Assert.That(branches.ConvertAll(edge => edge.Points[0].Y), Is.Ordered.Ascending);
    }

    /// <summary>Two edges between the same nodes are two lines.</summary>
    [Test]
    public void Compute_ParallelEdges_AreApart()
    {
        var layout = GraphLayout.Compute(new DrawingBuilder(null).Node(1, "a").Node(2, "zip", null, NodeShape.Triangle).Edge(1, 2).Edge(1, 2).Build());

        Assert.That(Math.Abs(layout.Edges[0].Points[0].Y - layout.Edges[1].Points[0].Y), Is.GreaterThan(5));
        Assert.That(Math.Abs(layout.Edges[0].Points[^1].Y - layout.Edges[1].Points[^1].Y), Is.GreaterThan(5));
    }

    /// <summary>A chain is a straight line.</summary>
    [Test]
    public void Compute_Chain_IsStraight()
    {
        var layout = GraphLayout.Compute(new DrawingBuilder(null).Node(1, "a", "named").Node(2, "b").Node(3, "c", null, NodeShape.Diamond).Path(1, 2, 3).Build());

        Assert.That(layout.Edges.SelectMany(edge => edge.Points).Select(point => point.Y).Distinct().Count(), Is.EqualTo(1));
    }

    /// <summary>An edge to a node that is not there is left out.</summary>
    [Test]
    public void Compute_UnknownEnd_IsLeftOut()
    {
        var layout = GraphLayout.Compute(new DrawingBuilder(null).Node(1, "a").Edge(1, 2).Edge(3, 1).Build());

        Assert.That(layout.Nodes, Has.Count.EqualTo(1));
        Assert.That(layout.Edges, Is.Empty);
    }

    /// <summary>A chain of thousands does not exhaust the stack.</summary>
    [Test]
    public void Compute_VeryLongChain_Succeeds()
    {
        var builder = new DrawingBuilder(null);
        for (var i = 0; i < 5000; i++)
        {
            builder.Node(i, "map");
        }

        var layout = GraphLayout.Compute(builder.Path(Enumerable.Range(0, 5000).ToArray()).Build());

        Assert.That(layout.Nodes, Has.Count.EqualTo(5000));
    }

    private static void ForAll(Action<GraphDrawing, LayoutResult> check)
    {
        foreach (var drawing in SampleDrawings.All())
        {
            using (Assert.EnterMultipleScope())
            {
                check(drawing, GraphLayout.Compute(drawing));
            }
        }
    }
}

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Straightens edges that the placement left slightly bent, moving what is aligned as one piece.</summary>
internal static class PositionPolish
{
    private const int Rounds = 12;
    private const double Aligned = 0.01;

    /// <summary>Moves blocks of aligned vertices towards their neighbours as far as the room allows.</summary>
    /// <param name="graph">The graph, its vertices placed.</param>
    internal static void Apply(LayerGraph graph)
    {
        var partners = LanePartners(graph);
        for (var round = 0; round < Rounds; round++)
        {
            var moved = false;
            var blocks = Blocks(graph);
            for (var i = 0; i < blocks.Count; i++)
            {
                moved |= Move(round % 2 == 0 ? blocks[i] : blocks[^(i + 1)], graph, partners);
            }

            if (!moved)
            {
                return;
            }
        }
    }

    private static Dictionary<LayerVertex, LayerVertex> LanePartners(LayerGraph graph)
    {
        var partners = new Dictionary<LayerVertex, LayerVertex>();
        foreach (var route in graph.Routes.Where(route => route.IsReturning))
        {
            partners[route.Bends[0]] = route.From;
            partners[route.Bends[^1]] = route.To;
        }

        return partners;
    }

    private static List<List<LayerVertex>> Blocks(LayerGraph graph)
    {
        var blocks = new List<List<LayerVertex>>();
        var blockOf = new Dictionary<LayerVertex, List<LayerVertex>>();
        foreach (var vertex in graph.Layers.SelectMany(layer => layer))
        {
            var joined = vertex.Before.Find(before => Math.Abs(before.Position - vertex.Position) < Aligned);
            if (joined is null)
            {
                blocks.Add([vertex]);
                blockOf[vertex] = blocks[^1];
            }
            else
            {
                blockOf[joined].Add(vertex);
                blockOf[vertex] = blockOf[joined];
            }
        }

        return blocks;
    }

    private static bool Move(List<LayerVertex> block, LayerGraph graph, Dictionary<LayerVertex, LayerVertex> partners)
    {
        var low = double.NegativeInfinity;
        var high = double.PositiveInfinity;
        var wishes = new List<(double Shift, int Weight)>();
        var members = block.ToHashSet();
        foreach (var vertex in block)
        {
            var layer = graph.Layers[vertex.Layer];
            if (vertex.Order > 0 && !members.Contains(layer[vertex.Order - 1]))
            {
                var previous = layer[vertex.Order - 1];
                low = Math.Max(low, previous.Position + previous.Separation(vertex) - vertex.Position);
            }

            if (vertex.Order < layer.Count - 1 && !members.Contains(layer[vertex.Order + 1]))
            {
                var next = layer[vertex.Order + 1];
                high = Math.Min(high, next.Position - vertex.Separation(next) - vertex.Position);
            }

            foreach (var other in vertex.Before.Concat(vertex.After).Where(other => !members.Contains(other)))
            {
                wishes.Add((other.Position - vertex.Position, Weight(vertex, other)));
            }

            if (partners.TryGetValue(vertex, out var partner) && !members.Contains(partner))
            {
                wishes.Add((partner.Position - vertex.Position, 1));
            }
        }

        if (wishes.Count == 0)
        {
            return false;
        }

        var shift = Math.Max(Math.Min(WeightedMedian(wishes), high), low);
        if (Math.Abs(shift) < Aligned)
        {
            return false;
        }

        foreach (var vertex in block)
        {
            vertex.Position += shift;
        }

        return true;
    }

    private static int Weight(LayerVertex vertex, LayerVertex other)
    {
        var bends = (vertex.Kind == LayerVertexKind.Bend ? 1 : 0) + (other.Kind == LayerVertexKind.Bend ? 1 : 0);
        return bends == 2 ? 4 : 1 + bends;
    }

    private static double WeightedMedian(List<(double Shift, int Weight)> wishes)
    {
        wishes.Sort((left, right) => left.Shift.CompareTo(right.Shift));
        var half = wishes.Sum(wish => wish.Weight) / 2.0;
        var sum = 0;
        for (var i = 0; i < wishes.Count; i++)
        {
            sum += wishes[i].Weight;
            if (sum == half && i + 1 < wishes.Count)
            {
                return (wishes[i].Shift + wishes[i + 1].Shift) / 2;
            }

            if (sum > half)
            {
                return wishes[i].Shift;
            }
        }

        return wishes[^1].Shift;
    }
}

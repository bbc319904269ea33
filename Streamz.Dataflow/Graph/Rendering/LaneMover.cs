namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Moves whole returning edges to where they cross less, which exchanging neighbours one by one cannot do.</summary>
internal static class LaneMover
{
    private const int MostLanes = 40;
    private const long MostWork = 20_000;

    private enum Place
    {
        AboveLoop,
        BelowLoop,
        First,
        Last,
    }

    /// <summary>Tries other places for each returning edge and keeps those that cost less.</summary>
    /// <param name="graph">The graph, its layers in order.</param>
    internal static void Improve(LayerGraph graph)
    {
        var lanes = graph.Routes.Where(route => route.IsReturning).ToList();
        if (lanes.Count > MostLanes || (long)lanes.Count * graph.Count > MostWork)
        {
            return;
        }

        var cost = LayerCost.Of(graph);
        foreach (var lane in lanes)
        {
            var loop = FindLoop(lane);
            foreach (var place in Enum.GetValues<Place>())
            {
                var saved = graph.SaveOrder();
                MoveTo(graph, lane, place, loop);
                AdjacentExchange.Improve(graph);
                var changed = LayerCost.Of(graph);
                if (changed.CompareTo(cost) < 0)
                {
                    cost = changed;
                }
                else
                {
                    graph.RestoreOrder(saved);
                }
            }
        }
    }

    private static void MoveTo(LayerGraph graph, EdgeRoute lane, Place place, Dictionary<int, LayerVertex> loop)
    {
        var above = place is Place.AboveLoop or Place.First;
        foreach (var vertex in lane.Lane)
        {
            graph.Layers[vertex.Layer].Remove(vertex);
        }

        foreach (var vertex in lane.Lane)
        {
            var layer = graph.Layers[vertex.Layer];
            var target = above ? 0 : layer.Count;
            if (place is Place.AboveLoop or Place.BelowLoop && Companion(vertex, lane, loop, above) is { } companion)
            {
                target = layer.IndexOf(companion) + (above ? 0 : 1);
            }

            layer.Insert(target, vertex);
        }

        graph.NumberLayers();
    }

    private static LayerVertex? Companion(LayerVertex vertex, EdgeRoute lane, Dictionary<int, LayerVertex> loop, bool above)
    {
        if (vertex.Kind != LayerVertexKind.Turn)
        {
            return loop.GetValueOrDefault(vertex.Layer);
        }

        var neighbours = (vertex == lane.Lane[0] ? lane.From.After : lane.To.Before)
            .Where(other => other.Kind != LayerVertexKind.Turn)
            .OrderBy(other => other.Order);
        return above ? neighbours.FirstOrDefault() : neighbours.LastOrDefault();
    }

    /// <summary>Finds a way from the end of the edge to its start, which together with it makes the loop.</summary>
    private static Dictionary<int, LayerVertex> FindLoop(EdgeRoute lane)
    {
        var cameFrom = new Dictionary<LayerVertex, LayerVertex>();
        var queue = new Queue<LayerVertex>([lane.To]);
        while (queue.TryDequeue(out var vertex) && vertex != lane.From)
        {
            foreach (var after in vertex.After)
            {
                if (after.Kind != LayerVertexKind.Turn && after.Layer <= lane.From.Layer && cameFrom.TryAdd(after, vertex))
                {
                    queue.Enqueue(after);
                }
            }
        }

        var loop = new Dictionary<int, LayerVertex> { [lane.To.Layer] = lane.To, [lane.From.Layer] = lane.From };
        for (var vertex = lane.From; cameFrom.TryGetValue(vertex, out var previous); vertex = previous)
        {
            loop[previous.Layer] = previous;
        }

        return loop;
    }
}

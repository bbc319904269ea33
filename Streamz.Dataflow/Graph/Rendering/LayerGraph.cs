namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>A connected part of a drawing, arranged in layers.</summary>
internal sealed class LayerGraph
{
    private int _count;

    private LayerGraph(int layers)
    {
        for (var i = 0; i < layers; i++)
        {
            Layers.Add([]);
        }
    }

    /// <summary>The layers in the direction of flow, each in order.</summary>
    internal List<List<LayerVertex>> Layers { get; } = [];

    /// <summary>The edges.</summary>
    internal List<EdgeRoute> Routes { get; } = [];

    /// <summary>The number of vertices in all layers.</summary>
    internal int Count => _count;

    /// <summary>Arranges nodes in layers and cuts their edges at each layer they pass.</summary>
    /// <param name="nodes">The nodes of the part.</param>
    /// <param name="edges">The edges of the part, those of a node in execution order.</param>
    /// <param name="ranks">The layer of each node.</param>
    /// <param name="sizes">The size along and across the flow of each node.</param>
    /// <returns>The layers.</returns>
    internal static LayerGraph Build(
        IReadOnlyList<int> nodes,
        IReadOnlyList<IndexedEdge> edges,
        int[] ranks,
        IReadOnlyList<(double Along, double Across)> sizes)
    {
        // A returning edge turns in the layers outside its ends, so there must be one before the first and after the last.
        var graph = new LayerGraph(nodes.Max(node => ranks[node]) + 3);
        var vertices = new Dictionary<int, LayerVertex>();
        foreach (var node in nodes)
        {
            var (along, across) = sizes[node];
            vertices[node] = graph.Add(new LayerVertex(LayerVertexKind.Node, node, ranks[node] + 1, along, across));
        }

        foreach (var edge in edges)
        {
            var from = vertices[edge.From];
            var to = vertices[edge.To];
            graph.Routes.Add(from.Layer < to.Layer ? graph.Forward(edge, from, to) : graph.Returning(edge, from, to));
        }

        graph.SortInputs();
        graph.NumberLayers();
        return graph;
    }

    /// <summary>Forgets the turns, which have served once the layers are in order.</summary>
    internal void RemoveTurns()
    {
        foreach (var layer in Layers)
        {
            layer.RemoveAll(vertex => vertex.Kind == LayerVertexKind.Turn);
            foreach (var vertex in layer)
            {
                vertex.Before.RemoveAll(other => other.Kind == LayerVertexKind.Turn);
                vertex.After.RemoveAll(other => other.Kind == LayerVertexKind.Turn);
            }
        }

        Layers.RemoveAll(layer => layer.Count == 0);
        NumberLayers();
    }

    /// <summary>Writes the layer and the place in it into the vertices.</summary>
    internal void NumberLayers()
    {
        for (var number = 0; number < Layers.Count; number++)
        {
            var layer = Layers[number];
            for (var i = 0; i < layer.Count; i++)
            {
                layer[i].Layer = number;
                layer[i].Order = i;
            }
        }
    }

    /// <summary>Remembers the order of all layers.</summary>
    /// <returns>The order.</returns>
    internal List<List<LayerVertex>> SaveOrder() => Layers.ConvertAll(layer => layer.ToList());

    /// <summary>Puts the layers back in an order remembered before.</summary>
    /// <param name="order">The order.</param>
    internal void RestoreOrder(List<List<LayerVertex>> order)
    {
        for (var i = 0; i < order.Count; i++)
        {
            Layers[i].Clear();
            Layers[i].AddRange(order[i]);
        }

        NumberLayers();
    }

    private static void Link(LayerVertex before, LayerVertex after)
    {
        before.After.Add(after);
        after.Before.Add(before);
    }

    /// <summary>Sorts what comes before each node by the order of the edges in the drawing, the order of a join's inputs.</summary>
    private void SortInputs()
    {
        foreach (var group in Routes.Where(route => !route.IsReturning).GroupBy(route => route.To))
        {
            var turns = group.Key.Before.FindAll(vertex => vertex.Kind == LayerVertexKind.Turn);
            group.Key.Before.Clear();
            group.Key.Before.AddRange(group
                .OrderBy(route => route.Edge.Index)
                .Select(route => route.Bends.Count > 0 ? route.Bends[^1] : route.From));
            group.Key.Before.AddRange(turns);
        }
    }

    private EdgeRoute Forward(IndexedEdge edge, LayerVertex from, LayerVertex to)
    {
        var bends = new List<LayerVertex>();
        var previous = from;
        for (var layer = from.Layer + 1; layer < to.Layer; layer++)
        {
            var bend = Add(new LayerVertex(LayerVertexKind.Bend, -1, layer, 0, 0));
            bends.Add(bend);
            Link(previous, bend);
            previous = bend;
        }

        Link(previous, to);
        return new EdgeRoute(edge, from, to, bends, IsReturning: false);
    }

    private EdgeRoute Returning(IndexedEdge edge, LayerVertex from, LayerVertex to)
    {
        var turn = Add(new LayerVertex(LayerVertexKind.Turn, -1, from.Layer + 1, 0, 0));
        Link(from, turn);
        var bends = new List<LayerVertex>();
        var previous = turn;
        for (var layer = from.Layer; layer >= to.Layer; layer--)
        {
            var bend = Add(new LayerVertex(LayerVertexKind.Bend, -1, layer, 0, 0));
            bends.Add(bend);
            Link(bend, previous);
            previous = bend;
        }

        var last = Add(new LayerVertex(LayerVertexKind.Turn, -1, to.Layer - 1, 0, 0));
        Link(last, previous);
        Link(last, to);
        return new EdgeRoute(edge, from, to, bends, IsReturning: true) { Lane = [turn, .. bends, last] };
    }

    private LayerVertex Add(LayerVertex vertex)
    {
        vertex.Index = _count++;
        Layers[vertex.Layer].Add(vertex);
        return vertex;
    }
}

namespace Streamz.Dataflow.Graph.Rendering;

/// <summary>Assigns each node the layer it is drawn in.</summary>
internal static class RankAssigner
{
    private enum Mark
    {
        New,
        Open,
        Done,
    }

    /// <summary>Ranks every node one past its furthest predecessor, leaving feedback and other cycles out of account.</summary>
    /// <param name="nodeCount">The number of nodes.</param>
    /// <param name="index">The edges.</param>
    /// <returns>The rank of each node, the first being 0.</returns>
    internal static int[] Assign(int nodeCount, DrawingIndex index)
    {
        var isTarget = new bool[nodeCount];
        foreach (var edge in index.Edges)
        {
            isTarget[edge.To] |= !edge.Edge.IsFeedback && edge.From != edge.To;
        }

        var marks = new Mark[nodeCount];
        var closing = new HashSet<int>();
        var finished = new List<int>(nodeCount);
        foreach (var start in Enumerable.Range(0, nodeCount).OrderBy(node => isTarget[node]))
        {
            if (marks[start] == Mark.New)
            {
                Visit(start, index, marks, closing, finished);
            }
        }

        var ranks = new int[nodeCount];
        for (var i = finished.Count - 1; i >= 0; i--)
        {
            var node = finished[i];
            foreach (var edge in index.Outgoing(node))
            {
                if (!edge.Edge.IsFeedback && !closing.Contains(edge.Index))
                {
                    ranks[edge.To] = Math.Max(ranks[edge.To], ranks[node] + 1);
                }
            }
        }

        return ranks;
    }

    private static void Visit(int start, DrawingIndex index, Mark[] marks, HashSet<int> closing, List<int> finished)
    {
        // Its own stack, because a pipeline may be longer than the stack of the thread is deep.
        var stack = new Stack<(int Node, int Next)>();
        stack.Push((start, 0));
        marks[start] = Mark.Open;
        while (stack.Count > 0)
        {
            var (node, next) = stack.Pop();
            var outgoing = index.Outgoing(node);
            if (next == outgoing.Count)
            {
                marks[node] = Mark.Done;
                finished.Add(node);
                continue;
            }

            stack.Push((node, next + 1));
            var edge = outgoing[next];
            if (edge.Edge.IsFeedback)
            {
                continue;
            }

            if (marks[edge.To] == Mark.Open)
            {
                closing.Add(edge.Index);
            }
            else if (marks[edge.To] == Mark.New)
            {
                marks[edge.To] = Mark.Open;
                stack.Push((edge.To, 0));
            }
        }
    }
}

using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow.Tests.Stress;

/// <summary>Edits of the graph while it runs, described so that what its sinks may expect stays known.</summary>
internal sealed partial class RandomGraph
{
    private readonly Lock _editing = new();
    private readonly Parts _parts = new();
    private readonly List<Detour> _detours = [];
    private Parts? _staged;

    /// <summary>What has been added by edits that were made, and whether it is still there.</summary>
    public List<(Recorder Seen, Addition Owner)> Added { get; } = [];

    private Parts Known => _staged ?? _parts;

    /// <summary>Describes an edit. Called by one at a time, within the edit.</summary>
    public GraphEdit Describe(PipelineEdit edit, bool mayPause)
    {
        lock (_editing)
        {
            _staged = new Parts();
            try
            {
                var made = Choose(edit, mayPause);
                var (staged, commit) = (_staged, made.Commit);
                return made with
                {
                    Commit = () =>
                    {
                        _parts.Add(staged);
                        commit();
                    },
                };
            }
            finally
            {
                _staged = null;
            }
        }
    }

    /// <summary>Remembers an edit that was made.</summary>
    public void Commit(GraphEdit made)
    {
        lock (_editing)
        {
            made.Commit();
        }
    }

    /// <summary>Forgets an edit that was not made.</summary>
    public void TakeBack(GraphEdit made)
    {
        lock (_editing)
        {
            made.TakeBack();
        }
    }

    private static bool IsThere(Addition? owner) => owner is null or { IsGone: false };

    private T? Any<T>(IEnumerable<T> items)
        where T : struct
    {
        var list = items.ToList();
        return list.Count == 0 ? null : list[_random.Next(list.Count)];
    }

    private GraphEdit Choose(PipelineEdit edit, bool mayPause) => _random.Next(12) switch
    {
        0 or 1 => AddBranch(),
        2 or 3 => RemoveBranch(),
        4 => AddDetour(),
        5 => RemoveDetour(),
        6 => AddSide(),
        7 => RemoveSide(),
        8 when mayPause => Pause(edit),
        _ => Set(edit),
    };

    private GraphEdit AddBranch()
    {
        var points = _parts.Points.Where(point => IsThere(point.Owner)).ToList();
        var point = points[_random.Next(points.Count)];
        var addition = new Addition(point.Owner);
        var (node, left) = Faulty(point with { Owner = addition });
        var head = point.Stream.Map(node.Check, options: node.Options());
        var branch = left with { Stream = head };
        Known.Handles.Add((head, addition));
        for (var steps = _random.Next(3); steps > 0; steps--)
        {
            branch = Append(branch);
        }

        var seen = End(branch);
        addition.Head = head;
        return new GraphEdit($"add a branch to {point}")
        {
            Commit = () =>
            {
                addition.IsMade = true;
                Added.Add((seen, addition));
            },
        };
    }

    private GraphEdit RemoveBranch()
    {
        var addition = Any(Added.Where(each => IsThere(each.Owner)))?.Owner;
        if (addition is null)
        {
            return new GraphEdit("nothing");
        }

        addition.Head!.Detach();
        addition.Leaves = true;
        return new GraphEdit("remove a branch") { TakeBack = () => addition.Leaves = false };
    }

    private GraphEdit AddDetour()
    {
        if (Any(_parts.Edges.Where(edge => IsThere(edge.From.Owner) && !_detours.Exists(detour => detour.Head == edge.Head))) is not { } edge)
        {
            return new GraphEdit("nothing");
        }

        var (start, head) = edge;
        var addition = new Addition(start.Owner);
        start.Stream.Disconnect(head);
        var (first, branch) = Sound(start with { Owner = addition });
        if (_random.Next(2) == 0)
        {
            (_, branch) = Sound(branch);
        }

        branch.Stream.Connect(head);
        var detour = new Detour(start, head, first, addition);
        _detours.Add(detour);
        return new GraphEdit($"a detour behind {start}")
        {
            Commit = () => addition.IsMade = true,
            TakeBack = () => _detours.Remove(detour),
        };
    }

    private GraphEdit RemoveDetour()
    {
        if (_detours.Find(each => each.Owner.IsMade && IsThere(each.Owner)) is not { } detour)
        {
            return new GraphEdit("nothing");
        }

        detour.From.Stream.Connect(detour.Head);
        detour.First.Detach();
        detour.Owner.Leaves = true;
        return new GraphEdit($"no detour behind {detour.From}")
        {
            Commit = () => _detours.Remove(detour),
            TakeBack = () => detour.Owner.Leaves = false,
        };
    }

    /// <summary>A node that neither loses elements nor changes their order.</summary>
    private (IStream Head, Branch Tail) Sound(Branch branch)
    {
        var (node, _) = Faulty(branch, canGiveUp: false);
        Stream<Item> stream;
        switch (_random.Next(6))
        {
            case 0:
                stream = branch.Stream.Map(node.Check, options: node.Options());
                break;
            case 1:
                stream = branch.Stream.MapAsync(node.PauseAsync, _random.Next(1, 4), options: node.Options());
                break;
            case 2:
                stream = branch.Stream.Buffer(_random.Next(1, 8));
                break;
            case 3:
                stream = branch.Stream.Delay(Moment());
                break;
            case 4:
                stream = branch.Stream.RateLimit(TimeSpan.FromTicks(_random.Next(1, 2_000)));
                break;
            default:
                var batches = branch.Stream.Partition(_random.Next(1, 6), Moment());
                Merges = true;
                return (batches, branch with { Stream = batches.Flatten() });
        }

        return (stream, branch with { Stream = stream });
    }

    private GraphEdit AddSide()
    {
        if (Any(_parts.Joins.Where(join => IsThere(join.Owner))) is not { } chosen)
        {
            return new GraphEdit("nothing");
        }

        var (join, isExact, owner) = chosen;
        Stream<Item> side;
        if (_random.Next(2) == 0 || owner is not null)
        {
            // The join of an added branch goes on with this side alone when the branch is removed: elements that nobody expects there must not come.
            var producer = --_extras;
            side = StreamSource.FromEnumerable(Enumerable.Range(0, _random.Next(1, 60)).Select(number => new Item(-1, producer, number)), _options);
            side = _random.Next(2) == 0 ? side : side.Buffer(_random.Next(1, 9));
        }
        else
        {
            // What a source gives to a further side of a union would come twice.
            side = Sources[_random.Next(Sources.Count)].Filter(_ => !isExact);
        }

        side.Connect(join);
        return new GraphEdit($"add a side to {join}") { Commit = () => _parts.Sides.Add((side, join, owner)) };
    }

    private GraphEdit RemoveSide()
    {
        if (Any(_parts.Sides.Where(side => IsThere(side.Owner))) is not { } side)
        {
            return new GraphEdit("nothing");
        }

        if (_random.Next(2) == 0 && side.Stream.Node.Inputs.Count > 0)
        {
            side.Stream.Detach();
        }
        else
        {
            side.Stream.Disconnect(side.Join);
        }

        _parts.Sides.Remove(side);
        return new GraphEdit($"remove a side of {side.Join}") { TakeBack = () => _parts.Sides.Add(side) };
    }

    private GraphEdit Pause(PipelineEdit edit)
    {
        var (handle, owner) = Any(_parts.Handles.Where(each => IsThere(each.Owner)))!.Value;
        edit.Pause(handle);
        return new GraphEdit($"pause {handle}") { Paused = handle, IsThere = () => IsThere(owner) };
    }

    private GraphEdit Set(PipelineEdit edit)
    {
        var set = new List<string>();
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            var (handle, _) = Any(_parts.Handles.Where(each => IsThere(each.Owner)))!.Value;
            var node = handle.Node;
            if (node is { IsParallel: true, HasFixedParallelism: false } && _random.Next(3) > 0)
            {
                edit.SetParallelism(handle, _random.Next(1, 5));
            }
            else if (node.Rate is not null)
            {
                edit.SetRate(handle, TimeSpan.FromTicks(_random.Next(1, 2_000)));
            }
            else if (node.Kind != NodeKind.Source && !node.KeepsNewest)
            {
                edit.SetCapacity(handle, _random.Next(1, 20));
            }

            set.Add($"{node}");
        }

        return new GraphEdit($"set {string.Join(", ", set)}");
    }

    /// <summary>What edits may take hold of, and which edit has added it.</summary>
    private sealed class Parts
    {
        public List<Branch> Points { get; } = [];

        public List<(Branch From, IStream Head)> Edges { get; } = [];

        public List<(IStream Handle, Addition? Owner)> Handles { get; } = [];

        public List<(IStream Join, bool IsExact, Addition? Owner)> Joins { get; } = [];

        public List<(Stream<Item> Stream, IStream Join, Addition? Owner)> Sides { get; } = [];

        public void Add(Parts others)
        {
            Points.AddRange(others.Points);
            Edges.AddRange(others.Edges);
            Handles.AddRange(others.Handles);
            Joins.AddRange(others.Joins);
            Sides.AddRange(others.Sides);
        }
    }

    private sealed record Detour(Branch From, IStream Head, IStream First, Addition Owner);
}

namespace Streamz.Dataflow.Tests.Models;

/// <summary>Lists within groups: by number, and by age or until the group is idle, with few groups at once.</summary>
internal sealed class GroupByModel : OperatorModel<string>
{
    protected override bool UsesTime => true;

    protected override Trial<string> Draw(Random random)
    {
        var settings = new Settings(random.Next(1, 5), random.Next(1, 4), random.Next(1, 4), random.Next(1, 7), random.Next(2) == 0);
        return new Trial<string>(
            $"GroupBy {settings}",
            source => source
                .GroupBy(
                    value => value % settings.Keys,
                    group => settings.ByAge ? group.TimedWindow(settings.Time, maxCount: settings.N) : group.Partition(settings.N),
                    new GroupByOptions { MaxGroups = settings.MaxGroups, IdleTimeout = settings.ByAge ? null : settings.Time })
                .Map(pair => Text(pair.Key, pair.Value)),
            inputs => new Simulation(settings).Run(inputs));
    }

    private static string Text(int key, IEnumerable<int> list) => $"{key}: {string.Join(' ', list)}";

    private sealed record Settings(int Keys, int N, int MaxGroups, int Seconds, bool ByAge)
    {
        public TimeSpan Time => TimeSpan.FromSeconds(Seconds);
    }

    private sealed class Group
    {
        public required int Key { get; init; }

        public required int Number { get; init; }

        public List<int> Held { get; } = [];

        /// <summary>The time of its last element, or, for lists by age, of the first that is held.</summary>
        public int Since { get; set; }

        /// <summary>The number of the emit at that time.</summary>
        public int Order { get; set; }
    }

    private sealed class Simulation(Settings settings)
    {
        /// <summary>The one that was used least recently first.</summary>
        private readonly List<Group> _groups = [];
        private readonly List<Timed<string>> _outputs = [];

        public List<Timed<string>> Run(TimedInputs inputs)
        {
            for (var i = 0; i < inputs.Emits.Count; i++)
            {
                PassTimeTo(inputs.Emits[i].At);
                Take(i, inputs.Emits[i]);
            }

            PassTimeTo(inputs.End);
            foreach (var group in _groups.OrderBy(group => group.Number))
            {
                Emit(group, inputs.End);
            }

            return _outputs;
        }

        private void PassTimeTo(int now)
        {
            foreach (var group in _groups
                .Where(group => (!settings.ByAge || group.Held.Count > 0) && group.Since + settings.Seconds <= now)
                .OrderBy(group => group.Since).ThenBy(group => group.Order)
                .ToList())
            {
                Emit(group, group.Since + settings.Seconds);
                if (!settings.ByAge)
                {
                    _groups.Remove(group);
                }
            }
        }

        private void Take(int number, Emit emit)
        {
            var key = emit.Value % settings.Keys;
            var group = _groups.Find(each => each.Key == key);
            if (group is null)
            {
                if (_groups.Count == settings.MaxGroups)
                {
                    Emit(_groups[0], emit.At);
                    _groups.RemoveAt(0);
                }

                group = new Group { Key = key, Number = number };
            }

            _groups.Remove(group);
            _groups.Add(group);
            if (!settings.ByAge || group.Held.Count == 0)
            {
                (group.Since, group.Order) = (emit.At, number);
            }

            group.Held.Add(emit.Value);
            if (group.Held.Count == settings.N)
            {
                Emit(group, emit.At);
            }
        }

        private void Emit(Group group, int at)
        {
            if (group.Held.Count > 0)
            {
                _outputs.Add(new Timed<string>(at, Text(group.Key, group.Held)));
                group.Held.Clear();
            }
        }
    }
}

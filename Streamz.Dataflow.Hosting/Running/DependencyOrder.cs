namespace Streamz.Dataflow.Hosting;

/// <summary>Orders pipelines by what emits into what.</summary>
internal static class DependencyOrder
{
    /// <summary>Orders pipelines so that each comes behind those that it depends on; else as they were added.</summary>
    /// <param name="registrations">The pipelines, as they were added.</param>
    /// <param name="errors">Gets a text for each name that is unknown, and for each circle.</param>
    public static IReadOnlyList<PipelineRegistration> Of(IReadOnlyList<PipelineRegistration> registrations, ICollection<string> errors)
    {
        var byName = registrations.ToDictionary(each => each.Name);
        var ordered = new List<PipelineRegistration>();
        var done = new HashSet<string>();
        foreach (var registration in registrations)
        {
            foreach (var unknown in registration.Dependencies.Where(name => !byName.ContainsKey(name)))
            {
                errors.Add($"{registration.Name}: it depends on '{unknown}', but no pipeline has that name. The pipelines are {string.Join(", ", byName.Keys.Select(name => $"'{name}'"))}.");
            }

            Visit(registration, []);
        }

        return ordered;

        void Visit(PipelineRegistration registration, List<string> path)
        {
            if (done.Contains(registration.Name))
            {
                return;
            }

            var begin = path.IndexOf(registration.Name);
            path.Add(registration.Name);
            if (begin >= 0)
            {
                errors.Add($"{registration.Name}: the pipelines depend on one another in a circle: {string.Join(" → ", path.Skip(begin).Select(name => $"'{name}'"))}. Take one DependsOn away: no order of stopping could drain them all.");
            }
            else
            {
                foreach (var name in registration.Dependencies)
                {
                    if (byName.TryGetValue(name, out var dependency))
                    {
                        Visit(dependency, path);
                    }
                }

                // Known by now, also as a part of a circle: each circle is told once.
                if (done.Add(registration.Name))
                {
                    ordered.Add(registration);
                }
            }

            path.RemoveAt(path.Count - 1);
        }
    }
}

using Microsoft.Extensions.Configuration;

namespace Streamz.Dataflow.Hosting;

/// <summary>The part of the application's configuration that is about pipelines.</summary>
internal static class StreamzConfiguration
{
    public const string PipelinesPath = "Streamz:Pipelines";

    /// <summary>Reads what is said of each pipeline.</summary>
    /// <param name="configuration">The configuration of the application; null if there is none.</param>
    /// <param name="registrations">The pipelines.</param>
    /// <param name="errors">Gets a text for each name that is unknown and each value that is wrong, with its path.</param>
    public static IReadOnlyDictionary<string, PipelineSettings> Read(
        IConfiguration? configuration, IEnumerable<PipelineRegistration> registrations, ICollection<string> errors)
    {
        var settings = registrations.ToDictionary(each => each.Name, _ => PipelineSettings.None);
        foreach (var section in configuration?.GetSection(PipelinesPath).GetChildren() ?? [])
        {
            var named = registrations.Where(each => each.Name.Equals(section.Key, StringComparison.OrdinalIgnoreCase)).ToList();
            if (named is [var registration])
            {
                settings[registration.Name] = PipelineSettings.Read(section, registration.Restart, errors);
            }
            else
            {
                errors.Add(named.Count == 0
                    ? $"{section.Path}: no pipeline is named '{section.Key}'. The pipelines are {Names(registrations)}."
                    : $"{section.Path}: several pipelines have this name but for upper and lower case, which configuration does not tell apart: {Names(named)}.");
            }
        }

        return settings;
    }

    private static string Names(IEnumerable<PipelineRegistration> registrations) => string.Join(", ", registrations.Select(each => $"'{each.Name}'"));
}

using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Streamz.Dataflow.Hosting;

/// <summary>Reads the values of one configuration section. What is wrong with them is noted with the path, and read as if it were not there.</summary>
internal sealed class SettingsReader(IConfigurationSection section, ICollection<string> errors)
{
    private readonly List<string> _known = [];

    public string Path => section.Path;

    /// <summary>The value of the section itself, if it has one.</summary>
    public string? Value => string.IsNullOrWhiteSpace(section.Value) ? null : section.Value.Trim();

    /// <summary>The names of the settings in the section.</summary>
    public IEnumerable<IConfigurationSection> Children => section.GetChildren();

    public void Refuse(string path, string why) => errors.Add($"{path}: {why}");

    public string? Text(string key)
    {
        _known.Add(key);
        var value = section[key];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    public int? Integer(string key, int min)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= min)
        {
            return value;
        }

        return Refuse<int>(key, text, $"a whole number of {min} or more");
    }

    public bool? Boolean(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        return bool.TryParse(text, out var value) ? value : Refuse<bool>(key, text, "true or false");
    }

    public TEnum? Choice<TEnum>(string key)
        where TEnum : struct, Enum
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        // Numbers are no names, though the framework would read them.
        return Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? value
            : Refuse<TEnum>(key, text, string.Join(", ", Enum.GetNames<TEnum>()));
    }

    /// <summary>Reads a duration. A number alone is refused: the framework would read it as days.</summary>
    public TimeSpan? Duration(string key, TimeSpan longest, bool zero = false)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        var isDuration = text.Contains(':', StringComparison.Ordinal) & TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value);
        if (isDuration && value <= longest && (zero ? value >= TimeSpan.Zero : value > TimeSpan.Zero))
        {
            return value;
        }

        return Refuse<TimeSpan>(key, text, string.Create(CultureInfo.InvariantCulture, $"a duration of {(zero ? "zero or more" : "more than zero")} and at most {longest.TotalDays} days, written as hours:minutes:seconds like 00:00:01.5"));
    }

    public SettingsReader? Child(string key)
    {
        _known.Add(key);
        var child = section.GetSection(key);
        return child.Exists() ? new SettingsReader(child, errors) : null;
    }

    /// <summary>Refuses what nobody has asked for. To be called when all was read.</summary>
    public void RefuseUnknown(string what)
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            Refuse(child.Path, $"'{child.Key}' is no setting of {what}. The settings are {string.Join(", ", _known)}.");
        }

        if (Value is { } value)
        {
            Refuse(Path, $"'{value}' is a single value, but {what} has settings: {string.Join(", ", _known)}.");
        }
    }

    private T? Refuse<T>(string key, string text, string expected)
        where T : struct
    {
        Refuse($"{Path}:{key}", $"'{text}' is not allowed; it must be {expected}.");
        return null;
    }
}

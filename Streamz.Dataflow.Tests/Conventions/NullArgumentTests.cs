using System.Reflection;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>Every reference that must not be null is refused at the call, by its name.</summary>
[TestFixture]
internal sealed class NullArgumentTests
{
    private static readonly string[] s_packages = ["Streamz.Dataflow", "Streamz.Dataflow.AspNetCore", "Streamz.Dataflow.Dashboard", "Streamz.Dataflow.Hosting", "Streamz.Dataflow.Mqtt", "Streamz.Dataflow.Orleans", "Streamz.Dataflow.Sqlite", "Streamz.Dataflow.Testing"];

    [Test]
    public void Cases_AreMany() => Assert.That(Cases().Count(), Is.GreaterThan(100));

    [TestCaseSource(nameof(Cases))]
    public void Member_NullArgument_IsRefusedByName(MethodBase member, ParameterInfo parameter)
    {
        var arguments = member.GetParameters().Select(other => other.Position == parameter.Position ? null : SampleValues.ForArgument(other)).ToArray();
        var target = member.IsStatic || member is ConstructorInfo ? null : SampleValues.Of(member.DeclaringType!);

        var thrown = Assert.Catch(() => Call(member, target, arguments));

        Assert.That(thrown, Is.InstanceOf<ArgumentException>().With.Property(nameof(ArgumentException.ParamName)).EqualTo(parameter.Name));
        if (parameter.ParameterType != typeof(string))
        {
            Assert.That(thrown, Is.TypeOf<ArgumentNullException>());
        }
    }

    private static IEnumerable<TestCaseData> Cases() =>
        from package in s_packages
        from type in Assembly.Load(package).GetExportedTypes()
        where type.Namespace != "Streamz.Dataflow.Dashboard.Components" && type.Namespace?.StartsWith("Streamz.Dataflow.Dashboard.Components.", StringComparison.Ordinal) != true
        where !type.IsInterface && !type.IsEnum && !type.IsSpecialName && !typeof(Delegate).IsAssignableFrom(type) && !IsRecord(type)
        from definition in MembersOf(type)
        where !definition.IsAbstract && definition.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        from number in NotNullParametersOf(definition)
        let closed = SampleValues.Close(definition)
        let parameter = closed.GetParameters()[number]
        select new TestCaseData(closed, parameter).SetName($"{{m}}({Describe(closed)}: {parameter.Name})");

    private static IEnumerable<MethodBase> MembersOf(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return type.GetConstructors().Cast<MethodBase>()
            .Concat(type.GetMethods(Declared).Where(method => !method.IsSpecialName && method.GetBaseDefinition() == method));
    }

    private static IEnumerable<int> NotNullParametersOf(MethodBase definition)
    {
        var nullability = new NullabilityInfoContext();
        return definition.GetParameters()
            .Where(parameter => !parameter.ParameterType.IsValueType
                && !parameter.ParameterType.IsGenericParameter
                && !parameter.ParameterType.IsByRef
                && nullability.Create(parameter).WriteState == NullabilityState.NotNull)
            .Concat(definition.GetParameters().Where(parameter => parameter.ParameterType is { IsGenericParameter: true } type && IsReference(type)))
            .Select(parameter => parameter.Position);
    }

    private static bool IsReference(Type parameter) => parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);

    /// <summary>Records are results: the library makes them, and what users read of them is never null.</summary>
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static object? Call(MethodBase member, object? target, object?[] arguments)
    {
        const BindingFlags Unwrapped = BindingFlags.DoNotWrapExceptions;
        return member is ConstructorInfo constructor
            ? constructor.Invoke(Unwrapped, null, arguments, null)
            : member.Invoke(target, Unwrapped, null, arguments, null);
    }

    private static string Describe(MethodBase member)
    {
        var name = member is ConstructorInfo ? $"new {SampleValues.NameOf(member.DeclaringType!)}" : $"{SampleValues.NameOf(member.DeclaringType!)}.{member.Name}";
        var types = member.GetParameters().Select(parameter => SampleValues.NameOf(parameter.ParameterType));
        return $"{name}({string.Join(", ", types)})";
    }
}
